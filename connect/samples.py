"""How the other side checks what a webhook receives, ready to copy."""

from typing import Final


PYTHON: Final = '''\
import hashlib, hmac, time

def is_from_parvis(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """body: the bytes as received, before any JSON is read."""
    sent_at, number = headers["Parvis-Timestamp"], headers["Parvis-Delivery"]
    if abs(time.time() - int(sent_at)) > 300:  # five minutes
        return False
    signed = f"{sent_at}.{number}.".encode() + body
    wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    given = [each.strip() for each in headers["Parvis-Signature"].split(",")]
    return any(hmac.compare_digest(f"v1={wanted}", each) for each in given)
'''

PHP: Final = """\
<?php
function is_from_parvis(string $secret, array $headers, string $body): bool
{
    // $body: file_get_contents('php://input'), before any JSON is read.
    [$sentAt, $number] = [$headers['Parvis-Timestamp'], $headers['Parvis-Delivery']];
    if (abs(time() - (int) $sentAt) > 300) { // five minutes
        return false;
    }
    $wanted = 'v1=' . hash_hmac('sha256', "$sentAt.$number.$body", $secret);
    foreach (explode(',', $headers['Parvis-Signature']) as $given) {
        if (hash_equals($wanted, trim($given))) {
            return true;
        }
    }
    return false;
}
"""

EXAMPLE: Final = """\
POST /avis HTTP/1.1
Content-Type: application/json; charset=utf-8
Parvis-Event: appointment.booked
Parvis-Delivery: 0b6c1f4e-5f0e-4a52-9d0b-8f6a1d4f3c21
Parvis-Timestamp: 1795420800
Parvis-Signature: v1=5b1d…,v1=9c07…

{"id":"7d9a…","event":"appointment.booked","at":"2026-11-24T08:00:00Z","commune":"33314",
 "data":{"reference":"K7M2Q9XA","service":"carte-identite","site":1,
         "start":"2026-12-01T09:00:00Z","end":"2026-12-01T09:20:00Z","status":"booked"}}
"""

ALL: Final = [("Python", PYTHON), ("PHP", PHP)]
