update public.messages set content = replace(content, '[link]', 'https://dashboard.patients.example/accept-invitation#token=test-secret-1') where category = 'invitation';
