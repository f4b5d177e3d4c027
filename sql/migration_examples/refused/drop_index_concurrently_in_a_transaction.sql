-- refused: concurrently needs a file with
drop index concurrently public.patients_contact;
