namespace ConfidentialOperator.Fuzz;

/// <summary>
/// A parser of bytes from strangers, with good inputs to start from. It may refuse whatever it likes and throw nothing; it returns
/// whether it took the input.
/// </summary>
internal sealed record Target(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Run);
