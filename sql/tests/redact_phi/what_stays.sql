begin;
create temp table said (text text);
insert into said values
  ('Your visit is on 2030-03-05 at 10:30.'),
  ('2030-03-05 10:30'),
  ('2030-03-05T10:30:00Z'),
  ('Tuesday, March 5th, 2030 at half past ten'),
  ('March 5 2030 10:30'),
  ('5 March 2030, 10:30 to 11:00'),
  ('03/05/2030 or 03-05-2030 or 05.03.2030'),
  ('03/05/30'),
  ('Tuesday at 10:30, 11:00, 11:30, 14:00 or 14:30'),
  ('at 9 or 10 in the morning'),
  ('nine thirty, ten thirty or eleven thirty'),
  ('two or three or four o''clock'),
  ('The checkup costs $99.00, whitening $1,250.00 and implants £12500.'),
  ('It takes 30 minutes and costs 99 dollars.'),
  ('Our clinic is at 1200 West Fullerton Avenue, Suite 210, Chicago, Illinois 60614.'),
  ('We are located at 21 Harbor Street, London SE1 7PB.'),
  ('I would like to come next Tuesday after lunch.'),
  ('Can I move my visit from Monday to Thursday at three?'),
  ('There are two of us, one adult and one child, four and five o''clock are fine.'),
  ('My tooth hurts since yesterday, room 4, second floor.'),
  ('I was born in Chicago.'),
  ('Happy birthday to your daughter!'),
  ('Meet me at the front desk at noon.'),
  ('The May special ends on Friday.'),
  ('');
select plan((select count(*)::integer from said));
select is(app.redact_phi(text, '{Maeve Quillfeather}'), text, 'stays: ' || text) from said;
select * from finish();
rollback;
