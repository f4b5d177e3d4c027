package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// smtpSender hands messages to one mail server, each in a conversation of its own.
type smtpSender struct {
	host, user, password string
	port                 int
	implicitTLS          bool
	loopback             bool
}

// NewSMTP returns the sender for an address: `smtp://user:pass@host:port` (port 587 when left out; STARTTLS is required,
// except on loopback) or `smtps://user:pass@host:port` (TLS from the start; 465). Without a user nobody signs in. The error
// never shows the address, which holds a password.
func NewSMTP(address string) (Sender, error) { return newSMTP(address) }

func newSMTP(address string) (*smtpSender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("the mail server's address is not of the form smtp://user:password@host:port or smtps://…")
	}
	s := &smtpSender{host: u.Hostname(), port: 587, implicitTLS: u.Scheme == "smtps", loopback: isLoopback(u.Hostname())}
	if s.implicitTLS {
		s.port = 465
	}
	if u.Port() != "" {
		if s.port, err = strconv.Atoi(u.Port()); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("the mail server's port is not a number from 1 to 65535")
		}
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	return s, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String hides the password from every format verb that asks for text.
func (s *smtpSender) String() string { return "[mail server]" }

// GoString hides it from %#v.
func (s *smtpSender) GoString() string { return s.String() }

func (s *smtpSender) Name() string { return "smtp" }

// Repeatable: mail servers know no keys.
func (s *smtpSender) Repeatable() bool { return false }

// Send implements [Sender]. The id is the Message-ID, which follows from the key: a reader's mailbox can tell a copy.
func (s *smtpSender) Send(ctx context.Context, m Message) (string, error) {
	if err := check(m); err != nil {
		return "", err
	}
	msg, id, err := compose(m)
	if err != nil {
		return "", &RefusedError{Code: "invalid_message"}
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	var line wire
	client, err := gomail.NewClient(s.host, s.options(ctx, &line)...)
	if err != nil {
		return "", &UnavailableError{reason: "the mail client cannot be made"}
	}
	err = exchange.Conversation(ctx, "send smtp", func(ctx context.Context) error { return client.DialAndSendWithContext(ctx, msg) })
	if err == nil || msg.IsDelivered() { // what goes wrong after the server took it does not matter
		return id, nil
	}
	return "", line.errorOf(ctx, err)
}

// VerifySMTP signs in at the mail server of an address and leaves again: nothing is sent. Whether the server takes a sender's
// address is told by the first e-mail only.
//
// Errors: [ErrUnauthorized], [*RefusedError], [*RateLimitedError], [*UnavailableError]; and that of [NewSMTP].
func VerifySMTP(ctx context.Context, address string) error {
	sender, err := newSMTP(address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	var line wire
	client, err := gomail.NewClient(sender.host, sender.options(ctx, &line)...)
	if err != nil {
		return &UnavailableError{reason: "the mail client cannot be made"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return line.errorOf(ctx, err)
	}
	_ = client.Close() // we were let in, which is all that was asked
	return nil
}

// options of one conversation. go-mail heeds its context while dialling only: the connection is closed with it.
func (s *smtpSender) options(ctx context.Context, line *wire) []gomail.Option {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(DefaultTimeout), gomail.WithHELO("localhost")}
	if s.user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user),
			gomail.WithPassword(s.password))
	}
	if s.user != "" && s.loopback && !s.implicitTLS { // the one case in which a password may travel as it is
		options = append(options, gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc))
	}
	switch {
	case s.implicitTLS:
		options = append(options, gomail.WithSSL())
	case s.loopback:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	return append(options, gomail.WithDialContextFunc(line.dialer(ctx, s)))
}

// compose writes the message with our Message-ID. It is rendered once before anything is dialled: a message that broke off
// in the middle might otherwise be taken as it is.
func compose(m Message) (*gomail.Msg, string, error) {
	msg := gomail.NewMsg()
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, "", err
	}
	if err := errors.Join(msg.From(m.From), msg.To(m.To)); err != nil {
		return nil, "", err
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	_, domain, _ := strings.Cut(from.Address, "@")
	if m.Key != "" {
		sum := sha256.Sum256([]byte(m.Key))
		msg.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + domain)
	} else {
		msg.SetMessageID()
	}
	id := msg.GetMessageID()
	if m.Text != "" {
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
		if m.HTML != "" {
			msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
		}
	} else {
		msg.SetBodyString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		msg.AttachReadSeeker(a.Name, bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.ContentType)))
	}
	_, err = msg.WriteTo(io.Discard)
	return msg, id, err
}
