create or replace function app.with_stop_hint(p_text text, p_language text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when p_text ~ '\mSTOP\M' then p_text
    else rtrim(p_text) || ' ' || case p_language
      when 'es' then 'Responda STOP para darse de baja.'
      when 'fr' then 'Répondez STOP pour ne plus rien recevoir.'
      when 'de' then 'STOP zum Abmelden.'
      else 'Reply STOP to end.' end
  end
$$;

comment on function app.with_stop_hint(text, text) is
  'A marketing text that says how to end it, as the law wants: the sentence is put at the end where the word STOP is missing.';

select app.seal('app.with_stop_hint(text, text)', null, 'app_writer');
