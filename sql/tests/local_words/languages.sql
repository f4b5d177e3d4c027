begin;
select plan(16);
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', 'en'), '{Tue Mar 3,2:00 PM}', 'English');
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', 'es'), '{mar 3 marzo,14:00}', 'Spanish');
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', 'fr'), '{mar 3 mars,14:00}', 'French');
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', 'de'), '{Di 3. März,14:00}', 'German');
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', 'nl'), '{Tue Mar 3,2:00 PM}', 'any other is English');
select is(app.local_words('2026-03-03 20:00+00', 'America/Chicago', null), '{Tue Mar 3,2:00 PM}', 'so is none');
select is(app.local_words('2026-12-31 18:05+00', 'America/Chicago', 'en'), '{Thu Dec 31,12:05 PM}', 'noon');
select is(app.local_words('2026-12-31 06:05+00', 'America/Chicago', 'en'), '{Thu Dec 31,12:05 AM}', 'midnight');
select is(app.local_words('2026-12-31 06:05+00', 'America/Chicago', 'de'), '{Do 31. Dezember,00:05}', 'midnight where the day has 24 hours');
select is(app.local_words('2026-03-04 01:00+00', 'America/Chicago', 'en'), '{Tue Mar 3,7:00 PM}', 'the zone''s day');
select is(app.local_words('2026-03-04 01:00+00', 'Asia/Tokyo', 'en'), '{Wed Mar 4,10:00 AM}', 'not the server''s');
select is(app.local_words('2026-08-15 10:00+00', 'Europe/Madrid', 'es'), '{sab 15 agosto,12:00}', 'an accent that GSM-7 lacks is left out');
select is(app.local_words('2026-08-15 10:00+00', 'Europe/Paris', 'fr'), '{sam 15 aout,12:00}', 'in French too');
select is(app.local_words('2026-02-04 10:00+00', 'Europe/Madrid', 'es'), '{mié 4 febrero,11:00}', 'one that it has is kept');
-- Every day and month of a leap year in every language, against the letters of GSM-7.
select is_empty($$
  select w from unnest('{en,es,fr,de}'::text[]) l, generate_series('2028-01-01 12:00+00'::timestamptz, '2028-12-31 12:00+00', '1 day') d,
    unnest(app.local_words(d, 'UTC', l)) w
  where w !~ '^[A-Za-z0-9 .:éèùìòÇØøÅåÄÖÑÜäöñüà]+$'
$$, 'all of it is GSM-7');
select is((select count(distinct app.local_words(d, 'UTC', 'fr')) from generate_series('2028-01-01 12:00+00'::timestamptz, '2028-12-31 12:00+00', '1 day') d),
  366::bigint, 'and no two days are called the same');
select * from finish();
rollback;
