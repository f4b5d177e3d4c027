begin;
select plan(4);
select is(app.confirmation_email('en', 'Lakeside', '{"Tue Mar 3, 2:00 PM","Wed Mar 4, 2:30 PM"}', '1 Lake St', '+13125550150'),
  E'Hello,\n\nyour visit at Lakeside is booked:\n\n- Tue Mar 3, 2:00 PM\n- Wed Mar 4, 2:30 PM\n\nPlace: 1 Lake St\n\nFor a question or a change please call +13125550150.\n\nThe attached file puts it into your calendar.\n\nSee you soon,\nLakeside', 'everything');
select unalike(app.confirmation_email('en', 'Lakeside', '{x}', null, null), '%Place%', 'no place, no line');
select unalike(app.confirmation_email('en', 'Lakeside', '{x}', null, null), '%call%', 'no phone, no line');
select is((select count(distinct app.confirmation_email(l, 'A', '{x}', 'p', '+1')) from unnest('{en,es,fr,de,pt}'::text[]) l), 4::bigint, 'four languages');
select * from finish();
rollback;
