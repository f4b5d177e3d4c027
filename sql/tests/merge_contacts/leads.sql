-- Of two guesses about one person the better stays, but never against staff or a booking.
begin;
\ir ../messages.psql
select plan(6);
create function pg_temp.merged(p_into text, p_into_by text, p_from text, p_from_by text) returns text language plpgsql as $$
declare
  v_into uuid;
  v_from uuid;
begin
  perform set_config('role', 'none', true);
  insert into public.contacts (org_id, name, lead_status, lead_status_by, lead_score)
  values ('a0000000-0000-7000-8000-000000000001', 'Ann Quillby', p_into, p_into_by, app.score_of_status(p_into, 10)) returning id into v_into;
  insert into public.contacts (org_id, name, lead_status, lead_status_by, lead_score)
  values ('a0000000-0000-7000-8000-000000000001', 'Ann Quill', p_from, p_from_by, app.score_of_status(p_from, 60)) returning id into v_from;
  perform pg_temp.act_as('staff');
  return (select concat_ws(' ', c.lead_status, c.lead_status_by, c.lead_score) from app.merge_contacts(v_into, v_from) c);
end
$$;
select is(pg_temp.merged('cold', 'rules', 'hot', 'rules'), 'hot rules 80', 'the better guess');
select is(pg_temp.merged('cold', 'staff', 'hot', 'rules'), 'cold staff 49', 'not against staff');
select is(pg_temp.merged('warm', 'rules', 'lost', 'staff'), 'lost staff 60', 'whichever of the two they spoke of');
select is(pg_temp.merged('warm', null, 'lost', 'staff'), 'warm 60', 'of both, the one that stays');
select is(pg_temp.merged('booked', 'rules', 'hot', 'rules'), 'booked rules 80', 'a booking is more than a guess');
select is(pg_temp.merged('cold', null, 'booked', 'rules'), 'booked rules 60', 'also the other one''s');
select * from finish();
rollback;
