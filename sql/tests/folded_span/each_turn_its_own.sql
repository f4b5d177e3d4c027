begin;
select plan(4);
select is(app.folded_span(' U3 U1 U2', 'phone'), ' [phone = =', 'as many words as there were');
select is(app.folded_span(' 10 : 30', 'stays'), ' _ _ _', 'what stays');
select is(app.folded_span(' Na ¶ at ¶ Nb dot Nc', 'email'), ' [email ¶ [email ¶ [email = =', 'over several turns, one in each');
select is(app.folded_span(null, 'phone'), null, 'NULL');
select * from finish();
rollback;
