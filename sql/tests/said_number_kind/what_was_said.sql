-- Short numbers are what they were said to be, and nothing else.
begin;
create temp table said (run text, talk text, after text, kind text);
insert into said values
  (' 4242', ' the card ending in', ' ', 'card'),
  (' U4 U2 U4 U2', ' last U4 of the card are', ' ', 'card'),
  (' U6 U7 U8 U9', ' last U4 digits of your social ¶', ' ', 'ssn'),
  (' U0 U1 U4 U2', ' the number ends in', ' ', 'phone'),
  (' U1 U2 U3', ' the U3 digits on the back are', ' ', 'card'),
  (' U4 U5 U6', ' security code', ' ', 'card'),
  (' U0 U4 Y20 U7', ' the expiration date is', ' ', 'card'),
  (' U5 U5 U5', ' your phone number ? ¶', ' ', 'phone'),
  (' U3 U1 U2', ' area code', ' ', 'phone'),
  (' T10 Y30', ' my number is', ' ', null),
  (' U4 U4 U2', ' your order number is', ' ', null),
  (' 250', ' the card was charged', ' C ', null),
  (' U1 Y30 U5', ' it expires at', ' ', null),
  (' 120', ' the last 4 Q it was', ' ', null),
  (' U3', ' my number is', ' ', null);
select plan(16);
select is(app.said_number_kind(run, talk, after), kind, talk || run) from said;
select is(app.said_number_kind(null, '', ''), null, 'NULL');
select * from finish();
rollback;
