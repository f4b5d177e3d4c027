update public.appointments set held_until = '2030-03-04 13:49:00+00' where status = 'held';
