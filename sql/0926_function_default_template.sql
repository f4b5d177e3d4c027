-- Only letters that GSM-7 has: no á, í, ó, ê, ç. The replies C, X and STOP are words of the machine in every language.
create or replace function app.default_template(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case p_kind || ' ' || case when p_language in ('es', 'fr', 'de') then p_language else 'en' end
    when 'confirmation en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'confirmation es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'confirmation de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'reminder en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'reminder es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'reminder fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'reminder de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'neutral_confirmation en' then array['Your visit at {clinic}', '{clinic}: {visits}. Reply STOP to end.']
    when 'neutral_confirmation es' then array['Su cita en {clinic}', '{clinic}: {visits}. Responda STOP para darse de baja.']
    when 'neutral_confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez STOP pour ne plus rien recevoir.']
    when 'neutral_confirmation de' then array['Ihr Termin bei {clinic}', '{clinic}: {visits}. STOP zum Abmelden.']
    when 'missed_call en' then array['Your call to {clinic}',
      '{clinic}: sorry we missed your call. Please call again or reply here. STOP to end.']
    when 'missed_call es' then array['Su llamada a {clinic}',
      '{clinic}: sentimos no haber atendido su llamada. Llame de nuevo o responda. STOP para darse de baja.']
    when 'missed_call fr' then array['Votre appel chez {clinic}',
      '{clinic}: nous avons manqué votre appel. Rappelez ou répondez ici. STOP pour ne plus rien recevoir.']
    when 'missed_call de' then array['Ihr Anruf bei {clinic}',
      '{clinic}: Ihr Anruf hat uns nicht erreicht. Bitte rufen Sie wieder an oder antworten Sie. STOP zum Abmelden.']
    when 'code en' then array['Your code for {clinic}',
      '{clinic}: your code is {code}, good for 10 minutes. Tell it only to the receptionist you are talking to.']
    when 'code es' then array['Su codigo de {clinic}',
      '{clinic}: su codigo es {code} y vale 10 minutos. Digalo solo a la recepcionista con la que habla.']
    when 'code fr' then array['Votre code pour {clinic}',
      '{clinic}: votre code est {code}, valable 10 minutes. Ne le dites qu''à la réception qui vous parle.']
    when 'code de' then array['Ihr Code für {clinic}',
      '{clinic}: Ihr Code ist {code}, 10 Minuten lang. Nennen Sie ihn nur dem Empfang, mit dem Sie sprechen.']
  end;
end
$$;

comment on function app.default_template(text, text) is
  'Our wording of what goes out by itself: array[subject, body], with fields in braces. Languages en, es, fr, de; any other is English. NULL for kinds without one (follow_up, marketing). Every letter is in GSM-7.';

select app.seal('app.default_template(text, text)', null, 'app_writer', 'tenant_user');
