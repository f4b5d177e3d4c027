-- Patients of a contact, by the hands of staff.
begin;
\ir ../messages.psql
select plan(19);
insert into public.patients (org_id, id, contact_id, name, normalised_name) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f1', :'nora', 'Pip Quillby', 'pip quillby'),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f2', :'nora', 'Tom Quillby', 'tom quillby');
create function pg_temp.save(p_patient text default null, p_name text default null, p_born date default null, p_forget boolean default false, p_contact text default 'd1')
returns text language sql as $$
  select concat_ws(' ', p.name, p.normalised_name, p.date_of_birth, p.made_by_voice)
  from app.save_patient(('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid, ('a0000000-0000-7000-8000-0000000000' || p_patient)::uuid, p_name, p_born, p_forget) p
$$;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.save(null, 'Zoë Quill') $$, 'VX403', null, 'a viewer makes none');
select pg_temp.act_as('staff');
select is(pg_temp.save(null, ' Zoë Quill ', '2020-02-29'), 'Zoë Quill zoe quill 2020-02-29 f', 'made');
select is(pg_temp.save(null, 'Pip Quillby'), 'Pip Quillby pip quillby f', 'staff know that there are two of a name');
select is(pg_temp.save('f1', 'Philip Quillby'), 'Philip Quillby philip quillby t', 'renamed');
select is(pg_temp.save('f1', p_born => '2019-01-02'), 'Philip Quillby philip quillby 2019-01-02 t', 'born');
select is(pg_temp.save('f1'), 'Philip Quillby philip quillby 2019-01-02 t', 'nothing named, nothing changed');
select is(pg_temp.save('f1', p_forget => true), 'Philip Quillby philip quillby t', 'the date was wrong');
select is((select count(*) from public.events where kind = 'contact_updated' and entity_id = :'nora'), 6::bigint, 'every change is told');
select throws_ok($$ select pg_temp.save('f1', 'TOM  Quillby') $$, 'VX409', null, 'two that callers named are two names');
select throws_ok($$ select pg_temp.save() $$, 'VX400', null, 'no name');
select throws_ok($$ select pg_temp.save(null, ' - ') $$, 'VX400', null, 'no letter');
select throws_ok($$ select pg_temp.save('f1', '') $$, 'VX400', null, 'not even for a known one');
select throws_ok($$ select pg_temp.save(null, repeat('x', 101)) $$, 'VX400', null, 'too long');
select throws_ok($$ select pg_temp.save(null, 'Zoë Quill', '2031-01-01') $$, 'VX400', null, 'not born yet');
select throws_ok($$ select pg_temp.save(null, 'Zoë Quill', '1066-01-01') $$, 'VX400', null, 'dead');
select throws_ok($$ select pg_temp.save('f1', 'Zoë Quill', p_contact => 'd2') $$, 'VX404', null, 'another contact''s patient');
select throws_ok($$ select pg_temp.save(null, 'Zoë Quill', p_contact => 'ff') $$, 'VX404', null, 'no such contact');
select throws_ok($$ select app.save_patient('b0000000-0000-7000-8000-0000000000d1', null, 'Zoë Quill') $$, 'VX404', null, 'another clinic''s');
select pg_temp.owner($$ update public.contacts set erased_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000d1' $$);
select throws_ok($$ select pg_temp.save(null, 'Zoë Quill') $$, 'VX404', null, 'an erased one');
select * from finish();
rollback;
