namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>A certificate that came with evidence.</summary>
/// <param name="Type">VCEK, VLEK, ASK, ARK or another name of the host's certificate table.</param>
/// <param name="Data">The certificate in DER or PEM.</param>
public sealed record SnpCertificate(string Type, ByteString Data);
