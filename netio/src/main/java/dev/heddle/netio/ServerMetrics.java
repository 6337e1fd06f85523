package dev.heddle.netio;

/**
 * Counters of a {@link Server}, since it began, and its states at one moment.
 *
 * {@snippet class="dev.heddle.snippets.NetworkSnippetsTest" region="server-metrics"}
 *
 * @param accepted connections that were accepted, refused ones included
 * @param open connections that are open now
 * @param working connections whose handler is running, or about to; the other open ones are dormant
 * @param refusedOverConnections refused as too many were open
 * @param refusedOverSource refused as too many of their address were open
 * @param refusedOverRate refused as too many had come within the second
 * @param waits how often an acceptor waited as one of these limits was reached
 * @param headTimeouts closed as no request, or not the whole of one, came in time
 * @param idleTimeouts closed as they were dormant for too long
 * @param writeStalls closed as the peer took nothing for too long
 * @param failures closed as their handler threw anything else, but for connections that their peers
 *     reset
 * @param receivedBytes bytes that open and closed connections have received; over TLS the encrypted
 * @param sentBytes bytes that they have sent, as far as the system has taken them
 */
public record ServerMetrics(
    long accepted,
    int open,
    int working,
    long refusedOverConnections,
    long refusedOverSource,
    long refusedOverRate,
    long waits,
    long headTimeouts,
    long idleTimeouts,
    long writeStalls,
    long failures,
    long receivedBytes,
    long sentBytes) {}
