namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>A way of writing things down, known well enough to be changed in ways that a parser has to think about.</summary>
internal abstract class Shape
{
    /// <summary>Gets bytes with numbers of one to eight bytes in them, in either order.</summary>
    public static Shape Bytes { get; } = new BytesShape();

    public static Shape Json { get; } = new TokenShape(TokenShape.SplitJson, TokenShape.JsonPieces);

    public static Shape Xml { get; } = new TokenShape(TokenShape.SplitXml, TokenShape.XmlPieces);

    public static Shape Der { get; } = new TreeShape(new DerForm());

    public static Shape Cbor { get; } = new TreeShape(new CborForm());

    /// <summary>Gets certificates in PEM: the DER within is changed.</summary>
    public static Shape Pem { get; } = new PemShape();

    /// <summary>Returns a changed copy; the same bytes when there is nothing to change.</summary>
    public abstract byte[] Change(byte[] bytes, Random random);
}
