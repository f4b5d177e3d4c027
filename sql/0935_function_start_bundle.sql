create or replace function app.start_bundle(p_row public.scheduled_messages, p_category text)
returns app.scheduled_bundle
language sql
stable
set search_path = ''
as $$
  select ('send', null, array[(p_row).id], (p_row).kind, p_category, k.id, (p_row).call_id, null,
    coalesce(k.phone, case when (p_row).kind = 'confirmation' then k.spoken_phone end),
    (p_row).kind = 'confirmation' and k.phone is null and k.spoken_phone is not null,
    case when (p_row).kind = 'confirmation' and o.email_confirmations then k.email end,
    null, null, null, '{}', '{}', '{}', '{}', '{}', '{}', null, o.name, l.phone, o.country)::app.scheduled_bundle
  from public.contacts k
  join public.organizations o on o.id = k.org_id
  left join lateral (
    select p.phone from public.locations p where p.org_id = k.org_id and p.phone is not null order by p.created_at, p.id limit 1
  ) l on true
  where k.org_id = app.require_org_id() and k.id = (p_row).contact_id
$$;

comment on function app.start_bundle(public.scheduled_messages, text) is
  'A bundle of one scheduled message that says who is to be reached how, and who sends; its words are still to come. Only a confirmation may go to a number that was merely said, or by e-mail.';

select app.seal('app.start_bundle(public.scheduled_messages, text)', null, 'app_writer');
