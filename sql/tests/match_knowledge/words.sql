-- Endings, accents, small words and rare ones; what nobody wrote about is not answered by what sounds alike.
begin;
\ir ../knowledge.psql
select plan(7);
select pg_temp.put('a', 'Crowns and fillings: ask Dr. Müller', '[0, 1]');
select pg_temp.put('a', 'We offer parking behind the house', '[0, 1]');
select pg_temp.put('a', 'We offer whitening', '[0, 1]');
select pg_temp.put('a', 'Opening hours: nine to five', '[0, 1]');
select pg_temp.act_for('a');
select is(pg_temp.found('do you make a crown or a filling'), 'Crowns and fillings: ask Dr. Müller', 'endings');
select is(pg_temp.found('is doctor Muller in'), 'Crowns and fillings: ask Dr. Müller', 'accents');
select is(pg_temp.found('do you offer botox injections'), null, 'a word that nobody wrote weighs most');
select is(pg_temp.found('do you offer parking', p_limit => 1), 'We offer parking behind the house', 'the rare word decides');
select is(pg_temp.found('what is it that you do'), null, 'small words alone are no question');
select is(pg_temp.found($q$it's 'quoted' \ & | ! :* ()$q$), null, 'signs are no operators');
select ok((select coverage = 1 and similarity is null and score = 1 from app.match_knowledge('parking')), 'all words found');
select * from finish();
rollback;
