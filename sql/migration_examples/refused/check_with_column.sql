-- refused: the check looks at every row
set local lock_timeout = '5s';
alter table public.contacts add column mood text check (mood in ('good', 'bad'));
