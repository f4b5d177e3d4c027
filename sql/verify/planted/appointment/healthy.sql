-- Two clinics, and a booking of a call that came from +13125550111.
begin;
\ir ../../../tests/clinics.psql
select pg_temp.act_for('a');
select app.book_appointment('Checkup', '2030-03-04 10:00 America/Chicago', 'Ann Quillby', 'a0000000-0000-7000-8000-0000000000c1');
commit;
