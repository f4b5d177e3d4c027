create or replace function app.left_at_twilio(p_number text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select looked.undo || jsonb_build_object('set', jsonb_build_object('calls', made.undo -> 'calls', 'texts', texts.undo))
  from (
    select p.id
    from public.provisioning p
    where p.org_id = app.require_org_id() and p.number = p_number and p.state in ('undone', 'released')
    order by p.created_at desc, p.id desc
    limit 1
  ) last
  join public.provisioning_steps looked
    on looked.org_id = app.require_org_id() and looked.provisioning_id = last.id and looked.step = 'check'
  join public.provisioning_steps made
    on made.org_id = looked.org_id and made.provisioning_id = last.id and made.step = 'import'
  join public.provisioning_steps texts
    on texts.org_id = looked.org_id and texts.provisioning_id = last.id and texts.step = 'messaging'
  where 'left' in (made.state, texts.state)
$$;

comment on function app.left_at_twilio(text) is
  'What a number of the tenant was like at Twilio before its last run, and what that run set and could not put back; NULL when it left nothing. So that what is ours is not taken for the clinic''s when the number is set up again.';

select app.seal('app.left_at_twilio(text)', null, 'app_writer');
