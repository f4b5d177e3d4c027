-- Consent to marketing was given for a number: whoever answers another one has not agreed.
begin;
\ir ../messages.psql
select plan(6);
create function pg_temp.consent(p_change jsonb) returns timestamptz language sql as $$
  select c.marketing_consent_at from app.change_contact('a0000000-0000-7000-8000-0000000000d1', p_change) c
$$;
select pg_temp.act_as('staff');
select is(pg_temp.consent('{"marketing_consent": true}'), pg_temp.t('04 08:00'), 'agreed');
select pg_temp.clock('05 09:00');
select is(pg_temp.consent('{"phone": "+13125550199", "name": "Nora Quill"}'), pg_temp.t('04 08:00'), 'the same number again');
select is(pg_temp.consent('{"phone": "+13125550142"}'), null, 'another number has not');
select is(pg_temp.consent('{"phone": "+13125550143", "marketing_consent": true}'), pg_temp.t('05 09:00'), 'unless said in the same breath');
select pg_temp.clock('06 09:00');
select is(pg_temp.consent('{"phone": "+13125550144", "marketing_consent": true}'), pg_temp.t('06 09:00'), 'and then with its own time');
select is(pg_temp.consent('{"phone": ""}'), null, 'no number, no consent');
select * from finish();
rollback;
