begin;
create temp table said (text text, redacted text);
insert into said values
  -- Social security numbers.
  ('My social is 123-45-6789.', 'My social is [ssn].'),
  ('It is 123 45 6789', 'It is [ssn]'),
  ('123 - 45 - 6789, yes', '[ssn], yes'),
  ('my social security number is 123456789', 'my social security number is [ssn]'),
  ('one two three, four five, six seven eight nine', '[ssn]'),
  -- Cards.
  ('Card 4242 4242 4242 4242 please', 'Card [card] please'),
  ('4242-4242-4242-4242', '[card]'),
  ('4242424242424242', '[card]'),
  ('4242.4242.4242.4242', '[card]'),
  ('3782 822463 10005', '[card]'),
  ('four two four two four two four two four two four two four two four two', '[card]'),
  -- Phones.
  ('Call +13125550111 back', 'Call [phone] back'),
  ('(312) 555-0111', '[phone]'),
  ('312-555-0111', '[phone]'),
  ('312.555.0111', '[phone]'),
  ('312 555 0111', '[phone]'),
  ('312, 555, 0111', '[phone]'),
  ('312/555-0111', '[phone]'),
  ('+44 20 7946 0111', '[phone]'),
  ('020 7946 0111', '[phone]'),
  ('555-0111', '[phone]'),
  ('3 1 2 5 5 5 0 1 1 1', '[phone]'),
  ('three one two five five five oh one one one', '[phone]'),
  ('Three one two, five five five, zero one one one.', '[phone].'),
  ('three-one-two-five-five-five-oh-one-one-one', '[phone]'),
  ('three one two, triple five, oh one double one', '[phone]'),
  ('five five five twelve thirty four', '[phone]'),
  ('three one 2 five 5 5 oh 1 one 1', '[phone]'),
  ('12345678901234567890123', '[number]'),
  -- E-mail addresses.
  ('jo.quillby@patients.example', '[email]'),
  ('It is jo_quillby+teeth@mail.patients.example.', 'It is [email].'),
  ('JO@PATIENTS.EXAMPLE', '[email]'),
  ('jo at patients dot example', '[email]'),
  ('jo dot quillby at patients dot example', '[email]'),
  ('jo.quillby at patients.example', '[email]'),
  ('jo underscore quillby at mail dot patients dot example', '[email]'),
  ('j o at patients dot example', '[email]'),
  -- Dates of birth: said to be one.
  ('I was born on March 5th, 1982', 'I was born on [date of birth]'),
  ('born the 5th of March 1982', 'born the [date of birth]'),
  ('date of birth: 03/05/1982', 'date of birth: [date of birth]'),
  ('DOB 3-5-82', 'DOB [date of birth]'),
  ('D.O.B. is 1982-03-05', 'D.O.B. is [date of birth]'),
  ('my birthday is March 5', 'my birthday is [date of birth]'),
  ('my birthday''s May 5th', 'my birthday''s [date of birth]'),
  ('His date of birth is 5 March 2026', 'His date of birth is [date of birth]'),
  ('date of birth 03 05 82', 'date of birth [date of birth]'),
  ('date of birth 03051982', 'date of birth [date of birth]'),
  ('What is your date of birth? March fifth nineteen eighty-two.', 'What is your date of birth? [date of birth].'),
  ('born on Friday the twenty-first of June two thousand and four', 'born on Friday the [date of birth]'),
  ('date of birth is three five eighty two', 'date of birth is [date of birth]'),
  -- Dates of birth: too long ago for a visit.
  ('March 5, 1982', '[date of birth]'),
  ('Mar. 5th 1982', '[date of birth]'),
  ('5 March 1982', '[date of birth]'),
  ('the 5th of March, 2019', 'the [date of birth]'),
  ('March fifth nineteen eighty two', '[date of birth]'),
  ('the fifth of March nineteen eighty-two', 'the [date of birth]'),
  ('June twenty-first two thousand four', '[date of birth]'),
  ('1982-03-05', '[date of birth]'),
  ('03/05/1982', '[date of birth]'),
  ('05.03.1982', '[date of birth]'),
  ('3/5/82', '[date of birth]'),
  -- Names.
  ('This is Maeve Quillfeather.', 'This is [name].'),
  ('MAEVE QUILLFEATHER and maeve', '[name] and [name]'),
  ('Quillfeather''s visit', '[name]''s visit'),
  ('Mrs. Quillfeather-O''Dell', 'Mrs. [name]'),
  ('Odell or ODell', '[name] or [name]'),
  ('Zoe or Zoë', '[name] or [name]'),
  -- Names that somebody introduces.
  ('My name is Jo Quillby, Q-U-I-L-L-B-Y.', 'My name is [name], [name].'),
  ('It''s for my son Ben.', 'It''s for my son [name].'),
  -- Addresses and numbers of records.
  ('I live at twelve forty-two Maple Street, apartment 3B.', 'I live at [address].'),
  ('21 Harbor Street, London SE1 7PB', '[address]'),
  ('Hauptstraße 12 or 12 rue de Maple', '[address] or [address]'),
  ('MRN 12345, policy number AB-99321', 'MRN [record number], policy number [record number]');
select plan((select count(*)::integer from said) + 4);
select is(app.redact_phi(text, '{Maeve Quillfeather,O''Dell,Zoë}'), redacted, text) from said;

select is(app.redact_phi(null, '{}'), null, 'NULL stays NULL');
select is(app.redact_phi('Jo', null), 'Jo', 'no names are no names');
select is(app.redact_phi('What now', '{".*","((","[a-z]+"}'), 'What now', 'a name is no pattern');
select is(app.redact_phi(app.redact_phi('Jo, 312 555 0111, born 3/5/82', '{Jo}'), '{Jo}'),
  app.redact_phi('Jo, 312 555 0111, born 3/5/82', '{Jo}'), 'twice changes nothing more');
select * from finish();
rollback;
