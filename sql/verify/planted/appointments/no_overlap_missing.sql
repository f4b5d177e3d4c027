alter table public.appointments drop constraint appointments_no_overlap;
