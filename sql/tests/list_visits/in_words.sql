begin;
select plan(6);
select is(app.list_visits('en', null, '{Tue Mar 3}', '{2:00 PM}', true), 'visit Tue Mar 3, 2:00 PM. Code [code]', 'one');
select is(app.list_visits('en', null, '{Tue Mar 3}', '{2:00 PM}', false), 'visit Tue Mar 3, 2:00 PM', 'without a code');
select is(app.list_visits('en', '{Ann,Ben}', '{Tue Mar 3,Tue Mar 3}', '{2:00 PM,2:30 PM}', true),
  'Ann Tue Mar 3, 2:00 PM (code [code]); Ben Tue Mar 3, 2:30 PM (code [code])', 'two patients');
select is(app.list_visits('en', null, '{Tue Mar 3,Wed Mar 4}', '{2:00 PM,2:30 PM}', false), 'Tue Mar 3, 2:00 PM; Wed Mar 4, 2:30 PM', 'two of one patient');
select is(app.list_visits('es', null, '{mar 3 marzo}', '{14:00}', true), 'cita mar 3 marzo, 14:00. Codigo [code]', 'Spanish');
select is(app.list_visits('de', '{Ann,Ben}', '{Di 3. März,Di 3. März}', '{14:00,15:00}', true),
  'Ann Di 3. März, 14:00 (Code [code]); Ben Di 3. März, 15:00 (Code [code])', 'German');
select * from finish();
rollback;
