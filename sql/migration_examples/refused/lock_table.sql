-- refused: keeps everybody from the table
lock table public.contacts in exclusive mode;
