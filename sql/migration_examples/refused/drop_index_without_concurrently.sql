-- refused: drop it concurrently
set local lock_timeout = '5s';
drop index if exists public.patients_contact;
