-- Only letters that GSM-7 has: one other doubles the price of a text. Our answers name C and X only:
-- CANCEL is the carriers' word for an opt-out, YES one for an opt-in.
create or replace function app.reply_wording(p_kind text, p_language text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select w.body
  from (values
    ('confirmed', 'en', '{clinic}: thank you, this visit is confirmed: {visits}'),
    ('confirmed', 'es', '{clinic}: gracias, la cita queda confirmada: {visits}'),
    ('confirmed', 'fr', '{clinic} : merci, ce rendez-vous est confirmé : {visits}'),
    ('confirmed', 'de', '{clinic}: danke, dieser Termin ist bestätigt: {visits}'),
    ('cancelled', 'en', '{clinic}: this visit is cancelled: {visits}. To book again, call {phone}.'),
    ('cancelled', 'es', '{clinic}: la cita queda anulada: {visits}. Para otra cita, llame al {phone}.'),
    ('cancelled', 'fr', '{clinic} : ce rendez-vous est annulé : {visits}. Pour un autre, appelez le {phone}.'),
    ('cancelled', 'de', '{clinic}: dieser Termin ist abgesagt: {visits}. Für einen neuen rufen Sie {phone} an.'),
    ('kept', 'en', '{clinic}: nothing was cancelled: {visits}'),
    ('kept', 'es', '{clinic}: no se ha anulado nada: {visits}'),
    ('kept', 'fr', '{clinic} : rien n''a été annulé : {visits}'),
    ('kept', 'de', '{clinic}: es wurde nichts abgesagt: {visits}'),
    ('cancel_this', 'en', 'Reply X again to cancel this visit, or C to keep it: {visits}'),
    ('cancel_this', 'es', 'Responda X otra vez para anular esta cita, o C para mantenerla: {visits}'),
    ('cancel_this', 'fr', 'Répondez encore X pour annuler ce rendez-vous, ou C pour le garder : {visits}'),
    ('cancel_this', 'de', 'Antworten Sie noch einmal X, um diesen Termin abzusagen, oder C, um ihn zu behalten: {visits}'),
    ('cancel_which', 'en', 'Which visit is to be cancelled? Reply with its number, or C to keep all.{visits}'),
    ('cancel_which', 'es', '¿Qué cita quiere anular? Responda con su numero, o C para mantener todas.{visits}'),
    ('cancel_which', 'fr', 'Quel rendez-vous annuler ? Répondez par son numéro, ou C pour tout garder.{visits}'),
    ('cancel_which', 'de', 'Welcher Termin soll entfallen? Antworten Sie mit der Nummer, oder C, um alle zu behalten.{visits}'),
    ('confirm_which', 'en', 'Which visit do you confirm? Reply with its number.{visits}'),
    ('confirm_which', 'es', '¿Qué cita confirma? Responda con su numero.{visits}'),
    ('confirm_which', 'fr', 'Quel rendez-vous confirmez-vous ? Répondez par son numéro.{visits}'),
    ('confirm_which', 'de', 'Welchen Termin bestätigen Sie? Antworten Sie mit der Nummer.{visits}'),
    ('help', 'en', '{clinic}: call us at {phone}. Reply STOP to get no more texts.'),
    ('help', 'es', '{clinic}: llamenos al {phone}. Responda STOP para no recibir mas mensajes.'),
    ('help', 'fr', '{clinic} : appelez-nous au {phone}. Répondez STOP pour ne plus recevoir de messages.'),
    ('help', 'de', '{clinic}: rufen Sie uns an: {phone}. Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.')
  ) w (kind, language, body)
  where w.kind = p_kind and w.language in (p_language, 'en')
  order by w.language = p_language desc
  limit 1
$$;

comment on function app.reply_wording(text, text) is
  'How we answer a text: kind confirmed, cancelled, kept, help, or a question of reply_questions; with fields in braces for app.render_text. English where the language has no wording.';

select app.seal('app.reply_wording(text, text)', null, 'app_writer');
