alter table public.call_logs disable trigger user;
