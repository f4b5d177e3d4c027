begin;
\ir ../clinics.psql
select plan(5);
select is(array(select app.find_messaging_tenant('+13125550100')), array['a0000000-0000-7000-8000-000000000001'::uuid], 'whose number it is');
select is(array(select app.find_messaging_tenant('+442079460100')), array['b0000000-0000-7000-8000-000000000001'::uuid], 'and the other''s');
select is_empty($$ select app.find_messaging_tenant('+13125550199') $$, 'nobody''s: no fallback');
select is_empty($$ select app.find_messaging_tenant(null) $$, 'no number');
update public.organizations set deleted_at = app.now() where slug = 'lakeside';
select is_empty($$ select app.find_messaging_tenant('+13125550100') $$, 'a clinic that left');
select * from finish();
rollback;
