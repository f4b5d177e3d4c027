-- Carriers look at the whole text being one of their words. Patients write sentences, and the law asks to honour any
-- reasonable way of saying no; so a few unmistakable phrases count too, but no word inside a sentence: "cancel my
-- appointment" is no opt-out, and "do not stop" is none either.
create or replace function app.reply_intent(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_plain text := regexp_replace(normalize(upper(coalesce(p_text, '')), nfkd), '[\u0300-\u036f''’`]', '', 'g');
  v_words text := btrim(regexp_replace(v_plain, '[^A-Z0-9]+', ' ', 'g'));
  v_word text := replace(v_words, ' ', '');
begin
  return case
    when v_word in ('STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT',
      'ALTO', 'BAJA', 'ARRET', 'STOPP', 'ABMELDEN') then 'opt_out'
    when v_words ~ '^(PLEASE )?(STOP|QUIT)( IT| NOW| THIS)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(UNSUBSCRIBE|REMOVE|OPT) ME( OUT)?( FROM (THE |THIS |YOUR |ALL )?(TEXT |MAILING )?(LIST|LISTS|TEXTS|MESSAGES))?( PLEASE)?$'
      or v_words ~ '^(PLEASE |I WANT TO |I WOULD LIKE TO |ID LIKE TO )?OPT ?OUT( PLEASE| OF .*)?$'
      or v_words ~ '^(PLEASE )?STOP (TEXTING|MESSAGING|CONTACTING|SENDING|THESE TEXTS|THE TEXTS|ALL TEXTS|THESE MESSAGES)\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT|NEVER) (TEXT|MESSAGE|CONTACT) ME\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT) TEXT( AGAIN| ANY ?MORE| THIS NUMBER)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(TAKE ME OFF|NO MORE (TEXTS|MESSAGES))\M' then 'opt_out'
    when v_word in ('START', 'UNSTOP') then 'opt_in'
    when v_word in ('HELP', 'INFO') then 'help'
    when v_word in ('YES', 'Y') then 'yes'
    when v_word in ('C', 'CONFIRM', 'CONFIRMED', 'OK', 'OKAY') then 'confirm'
    when v_word in ('X', 'CHANGE') then 'change'
    when v_word in ('NO', 'N', 'KEEP') then 'no'
    when v_word ~ '^[0-9]{1,2}$' then 'number'
    else 'other'
  end;
end
$$;

comment on function app.reply_intent(text) is
  'What a patient''s text says: opt_out, opt_in, help, yes, confirm, change, no, number (one or two digits) or other. Case, accents, blanks and punctuation do not matter. yes is an opt_in from somebody who opted out; the caller decides.';

select app.seal('app.reply_intent(text)', null, 'app_writer');
