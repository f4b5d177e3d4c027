create or replace function app.forget_answers()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- In one order, so that two erasures wait for each other and not in a ring.
  perform from public.idempotency_keys k
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null)
  order by k.id
  for no key update;
  update public.idempotency_keys k
  set answer_kept = false, headers = case when k.state = 'done' then '{}'::jsonb end,
    response = case when k.state = 'done' then ''::bytea end
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null);
end
$$;

comment on function app.forget_answers() is
  'The part of app.erase_contact about kept answers, any of which may show the contact: all of the clinic''s are blanked, also those that are still to be written for what was changed before. That the wishes were carried out stays known: repeated, they act no second time.';

select app.seal('app.forget_answers()', null, 'app_writer');
