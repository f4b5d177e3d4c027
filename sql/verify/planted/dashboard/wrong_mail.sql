update public.messages set recipient = 'somebody@patients.example' where category = 'invitation';
