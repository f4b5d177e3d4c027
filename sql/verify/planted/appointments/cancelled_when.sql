update public.appointments set status = 'cancelled' where status = 'confirmed';
