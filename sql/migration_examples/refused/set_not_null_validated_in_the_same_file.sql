-- refused: under the lock of the statement that added it
set local lock_timeout = '5s';
alter table public.contacts add constraint has_email check (email is not null) not valid;
alter table public.contacts validate constraint has_email;
