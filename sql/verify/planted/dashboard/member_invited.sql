update public.profiles set email = 'Nurse@patients.example' where role = 'staff';
