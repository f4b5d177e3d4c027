package sandbox

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"
)

// SMTP is a small mail server on loopback that keeps what it is given. It knows EHLO, AUTH PLAIN and LOGIN, MAIL, RCPT,
// DATA, RSET, NOOP and QUIT; there is no STARTTLS. Close it when done.
type SMTP struct {
	listener net.Listener
	running  sync.WaitGroup

	mu             sync.Mutex
	closed         bool
	user, password string // empty: nobody needs to sign in
	open           map[net.Conn]bool
	mails          []Mail
	failures       []SMTPFailure
}

// Mail is a message that was taken.
type Mail struct {
	From string
	To   []string
	Data []byte // as sent, without the final dot; lines end in CRLF
	At   time.Time
}

// Stage is where an [SMTPFailure] happens.
type Stage string

// The stages, each before the server's answer to it.
const (
	StageAuth Stage = "AUTH"
	StageFrom Stage = "MAIL"
	StageTo   Stage = "RCPT"
	StageData Stage = "DATA"
	StageDot  Stage = "." // the message's final dot
)

// SMTPFailure is how the next message goes wrong.
type SMTPFailure struct {
	At   Stage
	Code int           // the refusal, e.g. 535, 452 or 550; 0: the connection is closed without an answer
	Hang time.Duration // passes first; closing the server or the connection ends it
	Acts bool          // at the final dot: the message is kept before anything else
}

// NewSMTP starts the server on a free port of loopback. The error is that of listening.
func NewSMTP() (*SMTP, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	s := &SMTP{listener: listener, open: map[net.Conn]bool{}}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is the server's host:port.
func (s *SMTP) Addr() string { return s.listener.Addr().String() }

// RequireLogin makes clients sign in from now on.
func (s *SMTP) RequireLogin(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user, s.password = user, password
}

// Mails returns the messages that were taken, oldest first; at most the last 10,000 are kept.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Fail makes the next messages fail, one failure each, in order; the ones after them are taken.
func (s *SMTP) Fail(f ...SMTPFailure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, f...)
}

// Close ends the server and every connection, and waits for them. It may be called twice.
func (s *SMTP) Close() {
	s.mu.Lock()
	s.closed = true
	_ = s.listener.Close() // a second time it is closed already
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *SMTP) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			_ = conn.Close()
		} else {
			s.open[conn] = true
			s.running.Go(func() { s.serve(conn) })
		}
		s.mu.Unlock()
	}
}

// smtpSession is one connection.
type smtpSession struct {
	server   *SMTP
	conn     net.Conn
	text     *textproto.Conn
	signedIn bool
	mail     Mail
}

func (s *SMTP) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		s.mu.Lock()
		delete(s.open, conn)
		s.mu.Unlock()
	}()
	c := &smtpSession{server: s, conn: conn, text: textproto.NewConn(conn)}
	if c.say("220 sandbox ESMTP") != nil {
		return
	}
	for {
		line, err := c.text.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		if c.command(strings.ToUpper(verb), rest) != nil {
			return
		}
	}
}

func (c *smtpSession) say(line string) error { return c.text.PrintfLine("%s", line) }

// command answers one line; an error ends the connection.
func (c *smtpSession) command(verb, rest string) error {
	switch verb {
	case "EHLO", "HELO":
		return c.say("250-sandbox\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN")
	case "AUTH":
		return c.auth(rest)
	case "NOOP", "RSET":
		c.mail = Mail{}
		return c.say("250 2.0.0 OK")
	case "QUIT":
		_ = c.say("221 2.0.0 Bye")
		return net.ErrClosed
	}
	if c.server.needsLogin() && !c.signedIn {
		return c.say("530 5.7.0 Authentication required")
	}
	switch verb {
	case "MAIL":
		return c.take(StageFrom, func() string { c.mail = Mail{From: addressIn(rest)}; return "250 2.1.0 OK" })
	case "RCPT":
		return c.take(StageTo, func() string { c.mail.To = append(c.mail.To, addressIn(rest)); return "250 2.1.5 OK" })
	case "DATA":
		if len(c.mail.To) == 0 {
			return c.say("503 5.5.1 RCPT first")
		}
		return c.data()
	}
	return c.say("502 5.5.2 Command not recognised")
}

// take answers a command, or fails it when that was ordered for this stage.
func (c *smtpSession) take(stage Stage, accept func() string) error {
	if failure, ordered := c.server.failureAt(stage); ordered {
		return c.fail(failure)
	}
	return c.say(accept())
}

func (c *smtpSession) fail(f SMTPFailure) error {
	if f.Hang > 0 {
		// Whatever the client does in this time, leaving included, ends the wait.
		_ = c.conn.SetReadDeadline(time.Now().Add(f.Hang))
		_, _ = c.text.R.Peek(1)
		_ = c.conn.SetReadDeadline(time.Time{})
	}
	if f.Code == 0 {
		return net.ErrClosed
	}
	return c.say(fmt.Sprintf("%d %d.7.0 refused by order", f.Code, f.Code/100))
}

func (c *smtpSession) data() error {
	if failure, ordered := c.server.failureAt(StageData); ordered {
		return c.fail(failure)
	}
	if err := c.say("354 Go ahead"); err != nil {
		return err
	}
	lines, err := readDots(c.text.R)
	if err != nil {
		return err // without the final dot nothing was sent
	}
	c.mail.Data, c.mail.At = lines, time.Now()
	failure, ordered := c.server.failureAt(StageDot)
	if !ordered || failure.Acts {
		c.server.keep(c.mail)
	}
	if ordered {
		return c.fail(failure)
	}
	return c.say("250 2.0.0 Taken")
}

// readDots reads up to the final dot and keeps the line ends as they are.
func readDots(r *bufio.Reader) ([]byte, error) {
	var data []byte
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if line == ".\r\n" {
			return data, nil
		}
		data = append(data, strings.TrimPrefix(line, ".")...)
		if len(data) > maxEmailBody {
			return nil, bufio.ErrTooLong
		}
	}
}

// auth takes PLAIN with an initial response, and LOGIN.
func (c *smtpSession) auth(rest string) error {
	mechanism, initial, _ := strings.Cut(rest, " ")
	var user, password string
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		plain, _ := base64.StdEncoding.DecodeString(initial) // nonsense is nobody
		if parts := strings.Split(string(plain), "\x00"); len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case "LOGIN":
		var err error
		if user, err = c.ask("Username:"); err != nil {
			return err
		}
		if password, err = c.ask("Password:"); err != nil {
			return err
		}
	default:
		return c.say("504 5.5.4 Unknown mechanism")
	}
	if failure, ordered := c.server.failureAt(StageAuth); ordered {
		return c.fail(failure)
	}
	if !c.server.admits(user, password) {
		return c.say("535 5.7.8 Authentication credentials invalid")
	}
	c.signedIn = true
	return c.say("235 2.7.0 Welcome")
}

func (c *smtpSession) ask(prompt string) (string, error) {
	if err := c.say("334 " + base64.StdEncoding.EncodeToString([]byte(prompt))); err != nil {
		return "", err
	}
	line, err := c.text.ReadLine()
	if err != nil {
		return "", err
	}
	answer, _ := base64.StdEncoding.DecodeString(line) // nonsense is nobody
	return string(answer), nil
}

func (s *SMTP) needsLogin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user != ""
}

func (s *SMTP) admits(user, password string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return user == s.user && password == s.password
}

// failureAt takes the next failure when it belongs to this stage.
func (s *SMTP) failureAt(stage Stage) (SMTPFailure, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 || s.failures[0].At != stage {
		return SMTPFailure{}, false
	}
	f := s.failures[0]
	s.failures = s.failures[1:]
	return f, true
}

func (s *SMTP) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	s.mails = s.mails[max(0, len(s.mails)-maxKept):]
}

// addressIn takes the address from `FROM:<a@b> BODY=8BITMIME` and the like.
func addressIn(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}
