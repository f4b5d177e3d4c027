begin;
\ir ../booking.psql
select plan(5);

select pg_temp.act_for('a');
select results_eq('select * from app.service_cards()', $$ values
  ('Checkup', 30, 9900::bigint, 'USD', '{Blake Reed,Dr. Avery Stone}'::text[]),
  ('Whitening', 60, null::bigint, 'USD', '{Dr. Avery Stone}'::text[]) $$, 'length in minutes, price in cents, who gives it');
select pg_temp.owner($$ update public.resources set active = false where name = 'Dr. Avery Stone' $$);
select results_eq('select name, practitioners from app.service_cards()', $$ values ('Checkup', '{Blake Reed}'::text[]), ('Whitening', '{}'::text[]) $$, 'whoever left gives nothing');
select pg_temp.owner($$ update public.services set active = false where name = 'Checkup' $$);
select results_eq('select name from app.service_cards()', $$ values ('Whitening') $$, 'what is not given any more is not told');
select pg_temp.act_for('b');
select results_eq('select name from app.service_cards()', $$ values ('Consultation') $$, 'each tenant has its own');
select set_config('request.jwt.claims', '', true);
select is_empty('select * from app.service_cards()', 'no tenant has none');

select * from finish();
rollback;
