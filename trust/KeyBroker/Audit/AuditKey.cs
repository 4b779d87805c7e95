using System.Security.Cryptography;
using ConfidentialOperator.KeyBroker.Storage;

namespace ConfidentialOperator.KeyBroker.Audit;

/// <summary>The P-256 key that signs the audit log, from a PEM file. Its public half is the anchor of every offline check.</summary>
internal sealed class AuditKey : IDisposable
{
    public AuditKey(string path)
    {
        PrivateFile.DemandPrivate(path);
        Key = ECDsa.Create();
        Key.ImportFromPem(File.ReadAllText(path));
        if (Key.KeySize != 256)
        {
            throw new InvalidDataException($"The audit key '{path}' must be an EC key on P-256.");
        }
    }

    public ECDsa Key { get; }

    public string PublicPem => Key.ExportSubjectPublicKeyInfoPem();

    public void Dispose() => Key.Dispose();
}
