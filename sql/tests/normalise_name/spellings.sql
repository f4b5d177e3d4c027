begin;
select plan(16);
select is(app.normalise_name(said), same, said)
from (values
  ('Maeve Quillfeather', 'maeve quillfeather'), ('  MAEVE   quillfeather ', 'maeve quillfeather'), ('Maeve-Quillfeather', 'maeve quillfeather'),
  ('O''Quill', 'oquill'), ('O’Quill', 'oquill'), ('O`Quill', 'oquill'), ('Dr. Quill', 'dr quill'), ('J.R. Quill', 'jr quill'),
  ('Zoë', 'zoe'), ('José Ñúñez', 'jose nunez'), (U&'Zoe\0308', 'zoe'), ('Quill, Maeve', 'quill maeve'), ('...', ''), ('', ''), ('Łukasz', 'łukasz')
) c (said, same);
select is(app.normalise_name(null), null, 'NULL stays NULL');
select * from finish();
rollback;
