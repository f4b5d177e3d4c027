-- A booking makes whoever it is for booked, also against staff's word; with every visit cancelled the contact is a lead again.
begin;
\ir ../inside.psql
select plan(12);
create function pg_temp.contact() returns uuid language sql stable security definer as $$ select id from public.contacts where phone = '+13125550111' $$;
create function pg_temp.status() returns text language sql stable security definer as $$
  select concat_ws(' ', lead_status, lead_status_by, lead_score) from public.contacts where phone = '+13125550111'
$$;
create function pg_temp.score(p_score integer, p_declined boolean default false) returns text language sql as $$
  select app.score_contact(pg_temp.contact(), p_score, '{zanzibar-lilac}', p_declined)
$$;
create function pg_temp.decide(p_status text) returns text language plpgsql as $$
begin
  perform pg_temp.act_as('staff');
  perform app.change_contact(pg_temp.contact(), jsonb_build_object('lead_status', p_status));
  perform pg_temp.act_inside('a');
  return pg_temp.status();
end
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.owner($$ insert into public.contacts (org_id, phone, name) values ('a0000000-0000-7000-8000-000000000001', '+13125550111', 'Ann Quillby') $$);
select pg_temp.act_inside('a');
select is(pg_temp.score(90), 'hot', 'a lead');
select is(pg_temp.decide('lost'), 'lost staff 90', 'given up for lost by staff');
select pg_temp.said(app.place_booking('a0000000-0000-7000-8000-000000000021', 'a0000000-0000-7000-8000-000000000031', pg_temp.t('05 10:00'), pg_temp.call('c1'),
  null, 'Ann Quillby', null, null, null, null, false));
select is(pg_temp.status(), 'booked rules 90', 'who comes is booked');
select is(pg_temp.score(0, true), 'booked', 'whatever is said in later calls');
select pg_temp.owner($$ update public.appointments set status = 'completed' $$);
select is(pg_temp.score(95), 'booked', 'who has come stays booked');
select pg_temp.owner($$ update public.appointments set status = 'no_show' $$);
select is(pg_temp.score(95), 'hot', 'who did not come is a lead');
select is(pg_temp.decide('booked'), 'booked staff 95', 'booked elsewhere, as staff say');
select is(pg_temp.score(10), 'booked', 'stands');
select pg_temp.owner($$ update public.contacts set lead_status_by = null where phone = '+13125550111' $$);
select is(pg_temp.score(10), 'booked', 'also from before it was noted who said it');
select pg_temp.owner($$ update public.contacts set lead_status_by = 'rules', lead_scored_at = null where phone = '+13125550111' $$);
select pg_temp.owner($$ update public.appointments set status = 'cancelled' $$);
select is(pg_temp.score(60), 'warm', 'whose visit was cancelled is a lead as before');
select is(pg_temp.status(), 'warm rules 60', 'with the score of what was said');
select is(pg_temp.decide('cold'), 'cold staff 49', 'and staff decide again');
select * from finish();
rollback;
