namespace ConfidentialOperator.Protocol.Binding;

/// <summary>A certificate or list that the evidence's verifier may need. It is not trusted because it is there: it must verify up to a root.</summary>
/// <param name="Kind"><c>vcek</c> or <c>vlek</c> (DER), <c>chain</c> (PEM, intermediate then root), <c>crl</c> (DER).</param>
/// <param name="Data">The bytes.</param>
public sealed record Collateral(string Kind, ByteString Data);
