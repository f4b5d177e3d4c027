begin;
\ir ../inside.psql
select plan(14);
select is(app.name_distance('Ann Quillby', '{Ann Quillby}'), 0, 'the name');
select is(app.name_distance('ANN  quíllby', '{Ann Quillby}'), 0, 'however it is written');
select is(app.name_distance('ann', '{Ann Quillby}'), 0, 'the first name');
select is(app.name_distance('ann', '{Anne Quillby}'), null, 'which is no beginning of another one');
select is(app.name_distance('Quillby', '{Ann Quillby}'), null, 'the surname alone is not enough');
select is(app.name_distance('Anne Quillby', '{Ann Quillby}'), 1, 'one edit');
select is(app.name_distance('Anne Quilby', '{Ann Quillby}'), 1, 'two edits');
select is(app.name_distance('Anna Marie Quillby', '{Ann Quillby}'), null, 'more are another name');
select is(app.name_distance('Ann Quillby', '{Anne Quillby,Ann Quillby}'), 0, 'the best of several');
select is(app.name_distance('Ann Quillby', '{Zoe Quillfeather,Anne Quillby}'), 1, 'the near one of several');
select is(app.name_distance(null, '{Ann Quillby}'), 0, 'nothing said fits');
select is(app.name_distance(' .-', '{Ann Quillby}'), 0, 'and so does nothing but signs');
select is(app.name_distance('Ann Quillby', '{}'), null, 'nobody has no name');
select lives_ok($$ select app.name_distance(repeat('quill', 200), array[repeat('quill', 100)]) $$, 'a very long name is compared by its beginning');
select * from finish();
rollback;
