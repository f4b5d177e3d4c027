begin;
select plan(4);
select ok(app.passes_luhn('4242424242424242'), 'a card');
select ok(app.passes_luhn('378282246310005'), 'of fifteen digits');
select ok(not app.passes_luhn('4242424242424241'), 'a digit is wrong');
select is(app.passes_luhn(null), null, 'NULL');
select * from finish();
rollback;
