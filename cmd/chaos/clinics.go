package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

// connectClinics connects every clinic with the played Twilio, as its owner does.
func (st *stage) connectClinics(ctx context.Context) error {
	clinics, err := st.owner.BenchClinics(ctx)
	if err != nil {
		return fmt.Errorf("list the clinics: %w", err)
	}
	numbers := make([]string, len(clinics))
	for i, clinic := range clinics {
		numbers[i] = clinic.Number
	}
	st.twilio.AddAccount(accountSID, accountToken, numbers...)
	for _, clinic := range clinics {
		if err := st.connect(ctx, clinic); err != nil {
			return fmt.Errorf("connect a clinic with Twilio: %w", err)
		}
	}
	return nil
}

func (st *stage) connect(ctx context.Context, clinic db.BenchClinicsRow) error {
	token, err := server.MintDevToken(jwtSecret, clinic.OrgID, clinic.UserID, st.caller.BaseURL+"/auth/v1", time.Hour)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"accountSid": accountSID, "authToken": accountToken, "phoneNumber": clinic.Number})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, st.caller.BaseURL+"/api/integrations/twilio", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	resp, err := st.caller.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		answer, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<12))
		return fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return nil
}
