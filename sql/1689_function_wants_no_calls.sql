-- Fixed phrases: somebody who is called once more after this sentence has every right to be angry, and one who merely said
-- "don't call me before nine" must not lose their reminders. A model would be neither.
create or replace function app.wants_no_calls(p_text text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select exists (
    select
    from unnest(array[
      '(do not|don''?t|(?<!you |they )never) (ever )?(call|phone|ring|contact) (me|us|here|this number|my number)( back)?( on this number)? (again|any ?more|ever)\M',
      '(do not|don''?t|(?<!you |they )never) (ever )?(call|phone|ring|contact) (me|us|here|this number|my number)( please)?( [.!;]|$)',
      '(?<!don''?t |do not |never )\m(stop|quit) (calling|phoning|ringing|contacting)( me| us| here| this number| my number)?( please| now| all the time)*( [.,!;]|$)',
      '\m(take|remove|delete|get) (me|us|my name|my number|this number) (off|from|out of) (of )?(your|the|this|that) ((call|calling|phone|contact|marketing) )?lists?\M',
      '\m(put|add) (me|us|my name|my number|this number) (on|to) (your|the) do[- ]not[- ]call\M',
      '\mi do(n''?t| not) want (you to call me|(any )?more calls|to be called)( back)? ?(again|any ?more|from you|[.!;]|$)',
      '\mno (me|nos) (vuelvan? a llamar|llamen? (m[aá]s|nunca|otra vez|de nuevo))\M',
      '\m(dejen? de llamar(me|nos)?|(qu[ií]ten?me|b[oó]rren?me) de (la|su) lista)\M',
      '\m(ne (m''|nous )appelez plus( jamais)?|arr[êe]tez de (m''|nous )appeler|(retirez|enlevez)[- ]moi de (votre|la) liste)\M',
      '\m(rufen sie (mich|uns|hier) (bitte )?(nie|nicht) (mehr|wieder|nochmals?|noch einmal) an|keine anrufe mehr|streichen sie mich (von|aus) (ihrer|der) liste)\M'
    ]) phrase
    where regexp_replace(regexp_replace(lower(app.plain_text(p_text)), '([.,!?;]+)', ' \1 ', 'g'), '\s+', ' ', 'g') ~ phrase)
$$;

comment on function app.wants_no_calls(text) is
  'Whether somebody says that they want no more calls (English, Spanish, French, German): by fixed phrases such as "do not call me again", "stop calling me", "take me off your list". A wish about one time or one name ("don''t call me before nine") is none. NULL gives NULL.';

select app.seal('app.wants_no_calls(text)', null, 'app_writer');
