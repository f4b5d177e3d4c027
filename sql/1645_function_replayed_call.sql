create or replace function app.replayed_call(p_send_key text)
returns app.outbound_answer
language sql
stable
set search_path = ''
as $$
  select 'replayed', c.id, c.state, c.due_at, c.until_at, null
  from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.send_key = p_send_key
$$;

comment on function app.replayed_call(text) is
  'What became of a wish to call that came before under the same key; NULL in every field where none did.';

select app.seal('app.replayed_call(text)', null, 'app_writer');
