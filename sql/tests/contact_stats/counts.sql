-- By status, and since the clinic's midnight, which is not UTC's.
begin;
\ir ../booking.psql
select plan(2);
update public.contacts set created_at = pg_temp.t('03 23:59') where id = :'contact';
insert into public.contacts (org_id, name, lead_status, created_at, erased_at) values
  (:'lakeside', 'Ada Quill', 'hot', pg_temp.t('04 00:00'), null), (:'lakeside', 'Ben Quill', 'warm', pg_temp.t('04 07:00'), null),
  (:'lakeside', 'Cleo Quill', 'booked', pg_temp.t('02 00:00'), null), (:'lakeside', 'Dan Quill', 'lost', pg_temp.t('02 00:00'), null),
  (:'lakeside', '[erased]', 'hot', pg_temp.t('04 07:00'), app.now()),
  ('b0000000-0000-7000-8000-000000000001', 'Hugo Quillby', 'hot', pg_temp.t('04 07:00'), null);
select pg_temp.act_as('viewer');
select is((select s::text from app.contact_stats() s), '(5,1,1,1,1,1,2)', 'neither the erased nor another clinic''s count');
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "c0000000-0000-7000-8000-000000000001"}}', true);
select is((select s::text from app.contact_stats() s), '(0,0,0,0,0,0,0)', 'no contacts, one row');
select * from finish();
rollback;
