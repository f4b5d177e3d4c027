delete from public.appointments where status = 'cancelled';
