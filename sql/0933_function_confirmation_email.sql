create or replace function app.confirmation_email(
  p_language text,
  p_clinic text,
  p_lines text[],
  p_place text,
  p_phone text,
  p_reminder boolean default false
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- greeting and opening, place, phone, attachment, close, a reminder's opening
  v_words text[] := case p_language
    when 'es' then array['Hola:' || E'\n\n' || 'Su cita en %s queda registrada:', 'Lugar: %s',
      'Si tiene preguntas o quiere cambiarla, llame al %s.', 'El archivo adjunto la guarda en su calendario.', 'Hasta pronto,',
      'Hola:' || E'\n\n' || 'Le recordamos su cita en %s:']
    when 'fr' then array['Bonjour,' || E'\n\n' || 'Votre rendez-vous chez %s est noté :', 'Lieu : %s',
      'Pour une question ou un changement, appelez le %s.', 'Le fichier joint l''ajoute à votre agenda.', 'À bientôt,',
      'Bonjour,' || E'\n\n' || 'Nous vous rappelons votre rendez-vous chez %s :']
    when 'de' then array['Guten Tag,' || E'\n\n' || 'Ihr Termin bei %s ist vorgemerkt:', 'Ort: %s',
      'Bei Fragen oder Änderungen rufen Sie bitte %s an.', 'Mit der angehängten Datei kommt er in Ihren Kalender.', 'Bis bald,',
      'Guten Tag,' || E'\n\n' || 'wir erinnern Sie an Ihren Termin bei %s:']
    else array['Hello,' || E'\n\n' || 'your visit at %s is booked:', 'Place: %s',
      'For a question or a change please call %s.', 'The attached file puts it into your calendar.', 'See you soon,',
      'Hello,' || E'\n\n' || 'this is a reminder of your visit at %s:']
  end;
begin
  return concat_ws(E'\n\n',
    format(v_words[case when p_reminder then 6 else 1 end], p_clinic),
    (select string_agg('- ' || l.line, E'\n' order by l.at) from unnest(p_lines) with ordinality l (line, at)),
    case when p_place is not null then format(v_words[2], p_place) end,
    case when p_phone is not null then format(v_words[3], p_phone) end,
    case when not p_reminder then v_words[4] end, v_words[5] || E'\n' || p_clinic);
end
$$;

comment on function app.confirmation_email(text, text, text[], text, text, boolean) is
  'The plain text of a confirmation by e-mail: one line per visit, then place and phone where they are known (NULL: left out). p_reminder: of a reminder, which brings no file for the calendar. Never a code: an address is easier to misspell than a number.';

select app.seal('app.confirmation_email(text, text, text[], text, text, boolean)', null, 'app_writer');
