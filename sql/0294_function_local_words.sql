-- One letter outside GSM-7 turns a text into UCS-2 and halves what fits into a segment. Of the accents only those are
-- written that GSM-7 has (é, ä); sáb, août and the like go without.
create or replace function app.local_words(
  p_at timestamptz,
  p_zone text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_local timestamp := p_at at time zone p_zone;
  v_days text[] := case p_language
    when 'es' then '{dom,lun,mar,mié,jue,vie,sab}'::text[]
    when 'fr' then '{dim,lun,mar,mer,jeu,ven,sam}'
    when 'de' then '{So,Mo,Di,Mi,Do,Fr,Sa}'
    else '{Sun,Mon,Tue,Wed,Thu,Fri,Sat}' end;
  v_months text[] := case p_language
    when 'es' then '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'::text[]
    when 'fr' then '{janvier,février,mars,avril,mai,juin,juillet,aout,septembre,octobre,novembre,décembre}'
    when 'de' then '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
    else '{Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec}' end;
  v_day text := v_days[extract(dow from v_local)::integer + 1];
  v_month text := v_months[extract(month from v_local)::integer];
  v_number text := to_char(v_local, 'FMDD');
begin
  return case
    when p_language in ('es', 'fr') then array[v_day || ' ' || v_number || ' ' || v_month, to_char(v_local, 'HH24:MI')]
    when p_language = 'de' then array[v_day || ' ' || v_number || '. ' || v_month, to_char(v_local, 'HH24:MI')]
    else array[v_day || ' ' || v_month || ' ' || v_number, to_char(v_local, 'FMHH12:MI AM')]
  end;
end
$$;

comment on function app.local_words(timestamptz, text, text) is
  'An instant in the words of a zone''s wall clock: array[date, time], e.g. {Tue Mar 3,2:00 PM}. Languages en, es, fr, de; any other is English. English has the 12-hour clock, the others 24 hours. Accents outside GSM-7 are left out (sab, aout): a single one would double the price of a text.';

select app.seal('app.local_words(timestamptz, text, text)', null, 'app_writer');
