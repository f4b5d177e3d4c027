alter table public.appointments drop constraint appointments_during;
update public.appointments set during = tstzrange(lower(during), upper(during) + interval '1 hour') where status = 'confirmed';
