-- refused: locks a second table
set local lock_timeout = '5s';
alter table public.appointments add column mood text;
alter table public.call_logs add column mood text;
