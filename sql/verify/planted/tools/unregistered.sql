delete from public.vapi_tools where name = 'bookClinicAppointment';
